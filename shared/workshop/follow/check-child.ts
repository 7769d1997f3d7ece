// Checks a participant's copy, for the workshop's screen: whatever the copy does, it is done to this process.
import "#shared/child.ts";
import { tellReady } from "#shared/child.ts";
import { checkChapter } from "../course/check-chapter.ts";
import { findCourse } from "../course/courses.ts";

const [chapter = "", folder = "", from = "1"] = process.argv.slice(2);
const course = findCourse(chapter);
const checked =
  course.looksAt === "running" ? [] : await checkChapter({ folder, course, from: Number(from) });
tellReady({ checked });
