import { afterEach, vi } from "vitest";

// Files share a process, and vitest takes a stubbed variable back only before the next test: what the next file does while it is
// loaded would still see it, such as a folder for temporary files that is gone.
afterEach(() => void vi.unstubAllEnvs());
