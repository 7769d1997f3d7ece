/** A mistake that people make, as one change of the chapter's own code; its check must fail, and name it. */
export interface Mistake {
  /** In the words of whoever made it: "deletes the message before the device works". */
  name: string;
  /** Whose check must fail. */
  task: number;
  file: string;
  /** Must stand in the file exactly once; lines end with \n. */
  find: string;
  replace: string;
  /** Part of what the finding says it saw. */
  says: string;
}
