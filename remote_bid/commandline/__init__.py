"""The commands of the house, each in a module that is loaded when it is asked for."""
