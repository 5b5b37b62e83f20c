import TextDecoder from "text/decoder";
import TextEncoder from "text/encoder";

/** What the other worker has in its global scope and the frames are read and written with. */
Object.assign(globalThis, { TextDecoder, TextEncoder });
