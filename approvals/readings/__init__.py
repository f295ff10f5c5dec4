"""Turn what the engine answered and what is stored into what a person reads; nothing here queries or writes."""
