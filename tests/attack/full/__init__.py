"""The standing attack: ``make attack-full``. Every input is made from a seed; what is done is not done again."""
