"""The folder of a reward model, read by others."""

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from tests.training.random_reward import random_reward_model
from training import tiny
from training.artifacts import write_folder
from training.rows import Rows


@pytest.mark.parametrize("pad_is_eos", [False, True])
def test_transformers_reads_the_raw_score_where_we_do(tmp_path, pad_is_eos):
    write_folder(tmp_path / "policy", lambda to: tiny.write(to, pad_is_eos=pad_is_eos))
    reward, chat = random_reward_model(tmp_path / "policy")
    prompt = chat.prompt([{"role": "user", "content": "What is red?"}])
    response = chat.completion("A book.", finished=True)
    write_folder(tmp_path / "reward", lambda to: reward.save(to, chat))

    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "reward")
    with torch.no_grad():
        theirs = model(torch.tensor([prompt + response])).logits
        ours = reward.raw(Rows.of([prompt], [response], pad_id=chat.pad_id))

    torch.testing.assert_close(theirs[:, 0], ours)
