//! Everything that needs more than one module: real servers, real HTTP, the real program.

#[cfg(test)]
mod clients;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod completing;
#[cfg(test)]
mod config;
#[cfg(test)]
mod cookbook;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod house;
#[cfg(test)]
mod mall;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod package;
#[cfg(test)]
mod road;
#[cfg(test)]
mod samba;
#[cfg(test)]
mod torture;
#[cfg(test)]
mod trust;
