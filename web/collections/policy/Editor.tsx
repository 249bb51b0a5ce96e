import { CHANNELS, CHARGES, EFFECTS } from "../../../src/collections/contract-policy.ts";
import { YamlEditor, type YamlEditorProps } from "../../kit/YamlEditor.tsx";

/** Words of the schema; the linter says the rest. */
const OPTIONS = [...EFFECTS, ...CHARGES, ...CHANNELS, "letters"].map((label) => ({ label, type: "constant" }));

/** The text of a policy with its faults and findings marked where they are. Loaded when somebody opens it. */
export const Editor = (props: Omit<YamlEditorProps, "options">) => <YamlEditor {...props} options={OPTIONS} />;
