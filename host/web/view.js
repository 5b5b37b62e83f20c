import htm from "htm";
import { h } from "preact";

/** Elements as tagged templates. */
export const html = htm.bind(h);
