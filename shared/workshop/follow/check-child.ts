// Checks a participant's copy for the workshop's screen, in a separate process, so that the copy can't harm the screen.
import "#shared/child.ts";
import { tellReady } from "#shared/child.ts";
import { checkChapter } from "../course/check-chapter.ts";
import { findCourse } from "../course/courses.ts";
import { NotJudgedError } from "../course/task.ts";

const [chapter = "", folder = "", from = "1", passed = "[]"] = process.argv.slice(2);
const course = findCourse(chapter);
try {
  const checked =
    course.looksAt === "running"
      ? []
      : await checkChapter({ folder, course, from: Number(from), passed: JSON.parse(passed) as number[] });
  tellReady({ checked });
} catch (error) {
  if (!(error instanceof NotJudgedError)) {
    throw error;
  }
  tellReady({ notJudged: error.message });
}
