"""Every change to a deal, its consents and its cases: one function each, one transaction each."""
