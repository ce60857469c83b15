"""Personal data and secrets in texts, one module a kind of them; English and Chinese.

Numbers count where their check digits or their country's plan of numbers say so: a text full of
figures is no list of cards.
"""

from labeling.health.personal.base import Kind
from labeling.health.personal.cards import Cards
from labeling.health.personal.emails import Emails
from labeling.health.personal.keys import Keys
from labeling.health.personal.phones import Phones
from labeling.health.personal.resident_ids import ResidentIds

KINDS: tuple[Kind, ...] = (Keys(), Emails(), ResidentIds(), Cards(), Phones())
