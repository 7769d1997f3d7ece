// The first thing that every process of a chapter runs, plain JavaScript and before tsx: a module's imports are loaded
// before its own first line, and a process that is still loading when its launcher dies would live on for a second.
process.on("disconnect", () => process.exit());
if (!process.connected) {
  process.exit();
}
// The listener alone would keep a script alive that has come to its end.
process.channel?.unref();
