"""What training costs here and with the tools that people know, side by side in one run.

    make bench-training          # or python3 -m benchmarks.training --device cuda --out FILE

Each side runs in a process of its own, ours as the stage that users run, on the same model (that of
SmolLM2-135M's shape with random weights, or `--model FOLDER`), the same texts and as many threads,
one after the other. Seconds are those of the fastest step but the first. Memory is the most that
the process had: resident (CPU; torch and transformers alone take some 500 MB) or allocated (CUDA).
What each side is set to stands in `ours.py` and `peers.py`; how much it does in `sizes.py`.
"""
