/** What a configuration's decision says in the log, and in an event where a person may act on it or wants to know. */
import { ANNOTATIONS } from "../../api/kinds.ts";
import type { ConfigurationAction, Hold } from "../../sync/configuration/action.ts";
import type { Decision } from "../announcer.ts";

export function configurationDecision(action: ConfigurationAction): Decision {
  switch (action.kind) {
    case "hold": {
      const { reason, message, on } = action;
      // What goes on by itself is a line in the log; a quarantine is told at once.
      const isTold = on !== "waiting" || reason === "Quarantined";
      return {
        action: "Hold",
        reason,
        message,
        ...(isTold ? { event: { type: "Warning", reason, action: "Hold", message } } : {}),
      };
    }
    case "record":
      return told("Record", action.origin, `Service principal ${action.servicePrincipalID} is this configuration.`);
    case "instantiate":
      return told(
        "Instantiate",
        "NotFound",
        `Making application ${action.displayName} from template ${action.templateID}.`,
      );
    case "createJob":
      return told("CreateJob", "NotFound", `Making job ${action.templateID}.`);
    case "replaceSecrets":
      return told("ReplaceSecrets", "Drift", "Writing the secrets whole.");
    case "replaceSchema":
      return told("ReplaceSchema", "Drift", "Writing the schema whole.");
    case "start":
      return told("Start", "GateOpen", `Starting job ${action.jobID}.`);
    case "pause":
      return told("Pause", action.reason, `Pausing job ${action.jobID}.`);
    case "restart":
      return told(
        "Restart",
        RESTART_REASONS[action.cause.kind],
        `Restarting job ${action.jobID}${action.flags.length === 0 ? "" : ` with ${action.flags.join(", ")}`}.`,
      );
    case "delete":
      return told("Delete", "Approved", `Deleting ${action.what} ${action.id}.`);
    case "removeFinalizer":
      return told("LetGo", action.reason, action.message);
    case "showDrift":
    case "rest":
    case "addFinalizer":
      return { action: action.kind, reason: "None", message: "" };
  }
}

/** An action that failed: a line in the log while the object lives, whose condition says it too; told at once where somebody waits for it to go. */
export function failedDecision({ kind }: ConfigurationAction, { reason, message }: Hold, isLeaving: boolean): Decision {
  const event = { type: "Warning", reason, action: "Hold", message } as const;
  return { action: kind, reason, message, ...(isLeaving ? { event } : {}) };
}

/** The object is not as this version's CRD has it, so nothing of it is believed. */
export function refusedObject(problems: readonly string[]): Decision {
  const reason = "ObjectRefused";
  const message = `This version of the operator cannot read the object, and leaves it alone: ${problems.join("; ")}. Correct it, or install the CRDs of this version; while it is being deleted, annotation ${ANNOTATIONS.release}=true lets it go.`;
  return { action: "Refuse", reason, message, event: { type: "Warning", reason, action: "Refuse", message } };
}

const RESTART_REASONS = {
  change: "Changed",
  quarantine: "Quarantined",
  forceDeletes: "DeletesApproved",
  rejectDeletes: "DeletesRejected",
} as const;

function told(action: string, reason: string, message: string): Decision {
  return { action, reason, message, event: { type: "Normal", reason, action, message } };
}
