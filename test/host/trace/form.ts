/**
 * How a cmdlet may be called, in PowerShell's own notation: `Restart-Service -Name <String> [-Force]`.
 * What stands in brackets may be left out; a parameter without <...> is a switch. One form is one exact set.
 */
export interface FormParameter {
  readonly name: string;
  readonly isSwitch: boolean;
  readonly isMandatory: boolean;
}

export interface Form {
  readonly command: string;
  readonly parameters: readonly FormParameter[];
}

/** Undefined when the text is no form. */
export function readForm(text: string): Form | undefined {
  const [command, ...rest] = text.trim().split(/\s+/);
  if (command === undefined || !/^[A-Za-z]+-[A-Za-z0-9]+$/.test(command)) return undefined;
  const parameters: FormParameter[] = [];
  const pattern = /^(?:\[-(\w+)(?: <([^<>]+)>)?\]|-(\w+)(?: <([^<>]+)>)?)(?: |$)/;
  let left = rest.join(" ");
  while (left !== "") {
    const found = pattern.exec(left);
    if (found === null) return undefined;
    const [whole, optional, optionalValue, mandatory, mandatoryValue] = found;
    parameters.push({
      name: optional ?? mandatory ?? "",
      isSwitch: (optionalValue ?? mandatoryValue) === undefined,
      isMandatory: mandatory !== undefined,
    });
    left = left.slice(whole.length);
  }
  return { command, parameters };
}

/** Names of a form that a call gives, in lower case; undefined when the call does not fit it. */
export function fit(form: Form, given: ReadonlySet<string>): readonly string[] | undefined {
  const known = new Set(form.parameters.map(({ name }) => name.toLowerCase()));
  const isWhole = form.parameters.every(({ name, isMandatory }) => !isMandatory || given.has(name.toLowerCase()));
  return isWhole && [...given].every((name) => known.has(name)) ? [...given] : undefined;
}
