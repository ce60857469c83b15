"""Stage base_model: a base model is fetched, made a safetensors folder, and checked."""
