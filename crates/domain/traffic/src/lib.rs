//! Decides where one request goes: routes, sticky split, safety net, local guard.
