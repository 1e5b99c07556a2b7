//! The data plane: carries requests to versions of services.
