"""The register of households: read, checked, described."""

from bangfu.register.checking import check
from bangfu.register.info import RegisterInfo
from bangfu.register.register import HouseholdRegister, load_register

__all__ = ["HouseholdRegister", "RegisterInfo", "check", "load_register"]
