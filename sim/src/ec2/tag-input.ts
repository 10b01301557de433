/** Tags as requests bring them. Limits: 50 a resource, key 1-128, value 0-256, no `aws:` prefix (EC2 User Guide, "Tag restrictions"). */
import { ApiError } from "../core/call.ts";
import type { Input } from "../core/input.ts";
import { records, requiredText, text } from "../core/input.ts";
import type { Tags } from "./instance.ts";

export const TAGS_MAX = 50;

export function readTags(input: Input): Tags {
  const tags: Record<string, string> = {};
  for (const tag of records(input, "Tags")) {
    const key = requiredText(tag, "Key");
    const value = text(tag, "Value") ?? "";
    if (key.length > 128 || value.length > 256) {
      throw new ApiError(
        "InvalidParameterValue",
        `Tag key or value of '${key.slice(0, 40)}' exceeds the maximum length`,
      );
    }
    if (key.toLowerCase().startsWith("aws:")) {
      throw new ApiError("InvalidParameterValue", `Tag keys starting with 'aws:' are reserved for internal use`);
    }
    if (Object.hasOwn(tags, key)) {
      throw new ApiError("InvalidParameterValue", `Duplicate tag key '${key}' specified.`);
    }
    tags[key] = value;
  }
  if (Object.keys(tags).length > TAGS_MAX) {
    throw new ApiError("TagLimitExceeded", `More than ${TAGS_MAX} tags specified`);
  }
  return tags;
}
