"""What the environment of a trainer's process says, whoever starts it."""

# Memory of a micro-batch is kept for the next one: what a system hands out anew it clears, a page
# at a time, which takes a sixth of a step of training on a CPU (docs/decisions/0056).
KEEPS_MEMORY = {
    "GLIBC_TUNABLES": ":".join(
        f"glibc.malloc.{which}_threshold={2**40}" for which in ("mmap", "trim")
    )
}
