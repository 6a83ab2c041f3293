"""What stands in git's hooks and in b4's settings so that kscan is asked before a patch leaves the house."""
