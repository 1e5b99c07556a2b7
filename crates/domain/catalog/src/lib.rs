//! Who owns what: teams, people, services, and the rules that keep one owner per service.
