// Which pictures of a run show a failure of a test. Pure.

/** @import { ArtifactLink } from "types/api" */

const MOST = 6;

/**
 * Those that the message or the picture's name ties to the test; all of a run in which nothing else failed.
 *
 * @param {ArtifactLink[]} artifacts
 * @param {{name: string, id: string, message: string}} test
 * @param {number} failed tests of the run
 * @returns {ArtifactLink[]}
 */
export function screenshotsOf(artifacts, { name, id, message }, failed) {
  const pictures = artifacts.filter(({ content_type: type }) => /^image\/(png|jpeg|webp|gif)$/.test(type));
  const [words, place] = [plain(name), plain(id)];
  const tied = pictures.filter(({ name: file }) => {
    const own = plain(file.replace(/^.*\//, "").replace(/\.\w+$/, ""));
    return message.includes(file) || (words.length > 3 && own.includes(words)) || `${own} `.startsWith(`${place} `);
  });
  return (tied.length || failed !== 1 ? tied : pictures).slice(0, MOST);
}

function plain(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}
