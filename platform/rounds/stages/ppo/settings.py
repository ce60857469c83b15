"""Settings of PPO."""

from django.utils.translation import gettext_lazy as _

from rounds.corpora.storing import names
from rounds.stages.setting import Setting, checkpoint_every, frozen_layers, lora_rank, seed
from training.ppo.spec import ENGINE, OTHERS, OWN, VALUES

SETTINGS = (
    Setting(
        name="steps",
        label=_("Steps"),
        why=_("Each step samples one batch of rollouts and learns from it."),
        low=1,
        high=100_000,
        cpu=12,
        instructgpt=500,
        main=True,
    ),
    Setting(
        name="kl_coef",
        label=_("KL coefficient"),
        why=_(
            "Holds the policy near its start. InstructGPT: 0.02, both 0 and 2 were bad. "
            "A short run with a high learning rate needs more."
        ),
        low=0,
        high=2,
        cpu=0.05,
        instructgpt=0.02,
        main=True,
    ),
    Setting(
        name="learning_rate",
        label=_("Learning rate"),
        why=_("1e-6 for a whole model and hundreds of steps; more for a short run."),
        low=1e-8,
        high=1e-3,
        cpu=2e-5,
        instructgpt=1e-6,
        lora=1e-5,
        main=True,
    ),
    Setting(
        name="batch_size",
        label=_("Rollouts per step"),
        why=_("InstructGPT: 512. Fewer are faster and noisier."),
        low=2,
        high=8192,
        cpu=64,
        instructgpt=512,
        main=True,
    ),
    Setting(
        name="max_new_tokens",
        label=_("Longest completion, in tokens"),
        why=_("As long as the completions that people ranked."),
        low=1,
        high=4096,
        cpu=48,
        instructgpt=256,
        main=True,
    ),
    Setting(
        name="baseline",
        label=_("What a rollout has to be better than"),
        why=_(
            "InstructGPT trains a value network to expect the score. The mean of the prompt’s "
            "other rollouts needs no network: less memory, faster steps, and right from the first "
            "step on (RLOO, arXiv 2402.14740). Values pay where there are hundreds of steps."
        ),
        cpu=OTHERS,
        instructgpt=VALUES,
        words={
            VALUES: _("what a value network expects"),
            OTHERS: _("the other rollouts of its prompt"),
        },
        main=True,
    ),
    Setting(
        name="rollouts_per_prompt",
        label=_("Rollouts per prompt"),
        why=_(
            "InstructGPT: 1. More are compared with each other, of fewer prompts a step; at least "
            "2 where the others of a prompt are the baseline."
        ),
        low=1,
        high=1024,
        cpu=4,
        instructgpt=1,
        main=True,
    ),
    frozen_layers(cpu=0),
    lora_rank(),
    Setting(
        name="minibatch_size",
        label=_("Minibatch size"),
        why=_("Rollouts per optimiser step."),
        low=1,
        high=8192,
        cpu=32,
        instructgpt=64,
    ),
    Setting(
        name="micro_batch_size",
        label=_("Micro-batch size"),
        why=_("How many are in memory at once; the result does not depend on it."),
        low=1,
        high=1024,
        cpu=8,
        instructgpt=16,
    ),
    Setting(
        name="inner_epochs",
        label=_("Passes over each batch"),
        why=_("InstructGPT: 1."),
        low=1,
        high=16,
        cpu=1,
        instructgpt=1,
    ),
    Setting(
        name="temperature",
        label=_("Sampling temperature"),
        why=_("Of the rollouts; all log-probabilities use it too."),
        low=0.1,
        high=2,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="value_learning_rate",
        label=_("Learning rate of the value network"),
        why=_("It starts from the reward model and has to keep up with the policy."),
        low=1e-8,
        high=1e-3,
        cpu=5e-5,
        instructgpt=9e-6,
        lora=9e-5,
    ),
    Setting(
        name="warmup_steps",
        label=_("Warm-up steps"),
        why=_("The learning rate rises over these."),
        low=0,
        high=10_000,
        cpu=2,
        instructgpt=10,
    ),
    Setting(
        name="final_rate",
        label=_("Learning rate at the end, as a share"),
        why=_(
            "Both learning rates fall along a straight line to this share. InstructGPT keeps them: "
            "1. Huang et al. (arXiv 2403.17031) let them fall to 0."
        ),
        low=0,
        high=1,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="value_warmup_steps",
        label=_("Steps for the value network alone"),
        why=_(
            "In the first of the steps the policy waits, until what the value network expects "
            "explains something (VC-PPO, arXiv 2503.01491). Worth it where there are hundreds of "
            "steps, or values explain less than nothing for long."
        ),
        low=0,
        high=10_000,
        cpu=0,
        instructgpt=20,
    ),
    Setting(
        name="clip_range",
        label=_("Clip range"),
        why=_("How far one update may move a token's probability ratio from 1."),
        low=0.01,
        high=1,
        cpu=0.2,
        instructgpt=0.2,
    ),
    Setting(
        name="gae_lambda",
        label=_("GAE λ"),
        why=_(
            "0.95 over hundreds of steps; 1 in a short run, whose values are still a poor guess. "
            "Only a value network has one."
        ),
        low=0,
        high=1,
        cpu=1.0,
        instructgpt=0.95,
    ),
    Setting(
        name="kl_target",
        label=_("KL to aim at"),
        why=_(
            "In nats per response: the KL coefficient follows, faster in a short run. "
            "0 keeps it fixed."
        ),
        low=0,
        high=100,
        cpu=0.0,
        instructgpt=0.0,
    ),
    Setting(
        name="ptx_coef",
        label=_("Coefficient of what is mixed in"),
        why=_(
            "Against forgetting: in each minibatch as many other texts are learned beside the "
            "rollouts, their loss times this (PPO-ptx, InstructGPT eq. 2: 27.8, on pretraining "
            "text). 0, in both presets, is InstructGPT’s PPO without it."
        ),
        low=0,
        high=1000,
        cpu=0.0,
        instructgpt=0.0,
    ),
    Setting(
        name="ptx_corpus",
        label=_("What is mixed in"),
        why=_(
            "The project’s demonstrations, or a corpus: texts as of pretraining, which InstructGPT "
            "mixed in."
        ),
        words={"": _("demonstrations")},
        among=names,
        page="corpora",
        cpu="",
        instructgpt="",
        in_spec=False,
    ),
    Setting(
        name="ptx_tokens",
        label=_("Length of a corpus’s rows, in tokens"),
        why=_(
            "A corpus is cut into rows of this length, as in pretraining: GPT-3 had 2048. Of a "
            "model with a shorter context they are as long as that. Long rows cost much time."
        ),
        low=2,
        high=131_072,
        cpu=128,
        instructgpt=2048,
    ),
    Setting(
        name="no_eos_score",
        label=_("Score of a completion that does not end"),
        why=_(
            "It scores this or less, and so far below a mean that is below 0, or lengths run to "
            "the limit."
        ),
        low=-10,
        high=10,
        cpu=-1.0,
        instructgpt=-1.0,
    ),
    Setting(
        name="ema_decay",
        label=_("Decay of the weights' average"),
        why=_("The average is what is deployed. Short runs need less memory."),
        low=0,
        high=0.9999,
        cpu=0.8,
        instructgpt=0.992,
    ),
    Setting(
        name="max_kl",
        label=_("KL at which the run stops"),
        why=_("In nats per response. Beyond it the run ends as diverged."),
        low=0.1,
        high=1000,
        cpu=50.0,
        instructgpt=50.0,
    ),
    Setting(
        name="sampler",
        label=_("Who samples the rollouts"),
        why=_(
            "A server such as vLLM, on a GPU of its own, is faster for large models. It gets the "
            "policy before each step and its log-probabilities are checked in each: "
            "docs/engine.md says how to start one."
        ),
        cpu=OWN,
        instructgpt=OWN,
        words={OWN: _("the training process"), ENGINE: _("the server of RONDO_ENGINE_URL")},
    ),
    Setting(
        name="sample_every",
        label=_("Steps between samples"),
        why=_("How often held-out prompts are completed for the run page."),
        low=1,
        high=10_000,
        cpu=4,
        instructgpt=20,
    ),
    checkpoint_every(4),
    seed(),
)
