//! Packages in a temporary folder that depend on this one, and what cargo says to them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the manifest of a program says that uses this framework.
pub(super) const DEPENDS: &str = "[dependencies]\nsunstone = { path = \"$SUNSTONE\" }\n";

/// A package of that name. All share one target folder, so that the framework is compiled for them once.
pub(super) struct Package {
    folder: PathBuf,
}

impl Package {
    /// A package without sources; `manifest` is what its manifest says besides its name.
    pub(super) fn new(name: &str, manifest: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("macros").join(name);
        // Programs of an earlier run are not to be compiled again.
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("the temporary folder is ours");
        }
        let package = Self { folder };
        let manifest = manifest.replace("$SUNSTONE", env!("CARGO_MANIFEST_DIR"));
        let head =
            format!("[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n");
        package.write("Cargo.toml", &format!("{head}[profile.dev]\ndebug = false\n{manifest}"));
        package
    }

    /// Writes a file of it.
    pub(super) fn write(&self, path: &str, text: &str) {
        let file = self.folder.join(path);
        let folder = file.parent().expect("a file stands in a folder");
        fs::create_dir_all(folder).expect("the temporary folder is ours");
        fs::write(&file, text).expect("the temporary folder is ours");
    }

    /// What `cargo check` says.
    pub(super) fn check(&self, arguments: &[&str]) -> String {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            // One at a time, so that what is said of one program stands together.
            .args(["check", "--offline", "--jobs=1", "--color=never"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.with_file_name("target"))
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTC_WORKSPACE_WRAPPER")
            .output()
            .expect("cargo runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}
