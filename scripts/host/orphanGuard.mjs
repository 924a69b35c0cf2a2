// Preloaded into the server: when the process that started it is killed without a chance to clean up, the parent
// process id changes, and the server ends its own process group instead of staying behind.
const parent = process.ppid;
if (process.env.HYBRID_HOST_GUARDED === undefined) {
  process.env.HYBRID_HOST_GUARDED = "1";
  setInterval(() => {
    if (process.ppid !== parent) process.kill(-process.pid, "SIGKILL");
  }, 1000).unref();
}
