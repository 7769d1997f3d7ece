// The first code that every process of a chapter runs. It is plain JavaScript and comes before everything else: imports load
// before a module's first line, so a process still loading when its launcher dies would live on for a second.
process.on("disconnect", () => process.exit());
if (!process.connected) {
  process.exit();
}
// The listener alone would keep a script alive that has nothing left to do.
process.channel?.unref();
