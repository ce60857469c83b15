// What pages with people's and models' texts need.

import "./copying.js";
import "./formula.js";
import "./raw.js";
import "./wide.js";
