/** The modules of a QR code, by the `qrcode` package. */
import { create } from "qrcode";

export interface QrMatrix {
	/** Modules on each side, without the quiet zone. */
	readonly size: number;
	/** Row by row; 1 is dark. */
	readonly modules: Uint8Array;
}

export function qrMatrix(data: string, level: "L" | "M" | "Q" | "H"): QrMatrix {
	const { modules } = create(data, { errorCorrectionLevel: level });
	return { size: modules.size, modules: Uint8Array.from(modules.data) };
}
