import { stripTypeScriptTypes } from "node:module";

/** Jest transform: the sources use erasable syntax only, so Node's own type stripping is the whole compiler. */
export default {
  process(sourceText) {
    return { code: stripTypeScriptTypes(sourceText) };
  },
};
