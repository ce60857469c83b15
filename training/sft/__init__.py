"""Stage sft: supervised fine-tuning on demonstrations."""
