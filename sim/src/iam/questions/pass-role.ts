/** iam:PassRole, which AWS asks beside a call that hands a role to a service (IAM User Guide, "Grant a user permissions to pass a role"). */
import type { ApiCall } from "../../core/call.ts";
import type { Question } from "../policy.ts";
import { question } from "./place.ts";

export function passRole(
  call: ApiCall,
  roleARN: string,
  { service, resource }: { readonly service: string; readonly resource?: string },
): Question {
  return question(call, "iam:PassRole", roleARN, {
    "iam:PassedToService": service,
    "iam:AssociatedResourceArn": resource,
  });
}
