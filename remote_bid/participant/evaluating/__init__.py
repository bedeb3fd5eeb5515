"""An evaluation's participants: experts, the agency, the centre, supervisors, custodians, site operators, bidders."""
