// Loaded before a script that ends by itself and knows of no launcher: it ends with the launcher, or before.
process.on("disconnect", () => process.exit());
if (!process.connected) {
  process.exit();
}
// The listener alone would keep the process alive.
process.channel?.unref();
