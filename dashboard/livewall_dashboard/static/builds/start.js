// The form that starts a build: one field for each parameter of the job.

import { element } from "../shared/dom.js";
import { startBuild, troubleText } from "./actions.js";
import { button, outside, theirs } from "./dom.js";

/** @import { Parameter } from "types/api" */

const OWN_DEFAULT = "Jenkins’s own default";

let forms = 0;

export class StartForm {
  #controls = new Map();

  /** `context`: `{acted()}`; `onClose()` when the form has been left. */
  constructor(context, job, onClose) {
    this.context = context;
    this.job = job;
    this.node = element("form", "start-form");
    this.node.setAttribute("aria-label", `Start a build of ${job.title}`);
    this.node.autocomplete = "off";
    const fields = element("div", "fields");
    fields.append(...job.parameters.map((parameter) => this.#field(parameter)));
    this.submit = element("button", "primary", "Start build");
    const buttons = element("p", "buttons");
    buttons.append(this.submit, button("Cancel", "plain", onClose));
    this.said = element("p", "said");
    this.said.setAttribute("role", "status");
    if (!job.parameters.length) fields.append(element("p", "quiet", "This job takes no parameters."));
    this.node.append(fields, buttons, this.said);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
  }

  focus() {
    (this.node.querySelector("input, select, textarea") ?? this.submit).focus();
  }

  /** @param {Parameter} parameter */
  #field(parameter) {
    const { name, kind, description } = parameter;
    if (kind === "other") return unasked(parameter);
    const field = element("p", "field");
    const label = element("label");
    const control = controlFor(parameter);
    control.id = `start-${(forms += 1)}`;
    label.htmlFor = control.id;
    label.append(theirs(name));
    if (kind === "boolean") field.append(control, label);
    else field.append(label, control);
    if (description) {
      const help = theirs(description, "help");
      help.id = `${control.id}-help`;
      control.setAttribute("aria-describedby", help.id);
      field.append(help);
    }
    this.#controls.set(name, { control, untouched: parameter.own_default || kind === "password" ? valueOf(control) : undefined });
    return field;
  }

  get #parameters() {
    const values = {};
    for (const [name, { control, untouched }] of this.#controls) {
      // What Jenkins alone knows the default of stays as Jenkins has it, unless somebody wrote another.
      const value = valueOf(control);
      if (value !== untouched) values[name] = value;
    }
    return values;
  }

  async #start() {
    const { jenkins, name } = this.job;
    this.submit.disabled = true;
    this.#say("Asking Jenkins");
    try {
      const { queued } = await startBuild(jenkins, name, this.#parameters);
      this.#say("Queued. It shows up here once Jenkins runs it.");
      if (queued) this.said.append(" ", outside("What it waits for", queued));
    } catch (error) {
      this.#say(troubleText(error), true);
    }
    this.submit.disabled = false;
    this.context.acted();
  }

  #say(text, trouble = false) {
    this.said.dataset.trouble = trouble ? "yes" : "no";
    this.said.textContent = text;
  }
}

/**
 * A parameter that only Jenkins can ask for.
 *
 * @param {Parameter} parameter
 */
function unasked({ name, type, description }) {
  const field = element("p", "field unasked");
  const label = element("span", "label");
  label.append(theirs(name));
  const what = type === "File" ? "No file is sent" : "Jenkins’s own default applies";
  field.append(label, element("span", "help", `${what}: the wall cannot ask for this kind${type ? ` (${type})` : ""}.`));
  if (description) field.append(theirs(description, "help"));
  return field;
}

const valueOf = (control) => (control.type === "checkbox" ? control.checked : control.value);

/** @param {Parameter} parameter */
function controlFor({ kind, default: preset, own_default: ownDefault, choices }) {
  if (kind === "boolean") {
    const control = element("input");
    control.type = "checkbox";
    control.checked = preset === "true";
    return control;
  }
  if (kind === "choice") {
    const control = element("select");
    if (ownDefault) control.append(new Option(OWN_DEFAULT, "", true, true));
    for (const choice of choices) control.append(new Option(choice, choice, false, choice === preset));
    return control;
  }
  const text = String(preset ?? "");
  const control = element(text.includes("\n") ? "textarea" : "input");
  if (ownDefault) control.placeholder = OWN_DEFAULT;
  if (kind === "password") {
    control.setAttribute("type", "password");
    control.autocomplete = "new-password";
  } else control.value = text;
  return control;
}
