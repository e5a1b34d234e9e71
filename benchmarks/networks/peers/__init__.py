"""The networks as users of libraries have them, a module for each network and framework."""
