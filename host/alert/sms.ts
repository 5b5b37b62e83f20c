import { type Channel, post } from "./channel.ts";

export interface SmsOptions {
	readonly name: string;
	readonly url: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Body of the request with the places `{to}`, `{text}` and `{id}`. */
	readonly body: string;
	/** How values are written into the body. */
	readonly encode: "json" | "form";
	/** Numbers that are told, one request each. */
	readonly to: readonly string[];
	/** Text that an answer must hold to be a success; any answer of status 2xx when left out. */
	readonly success?: string;
	/** Longest text; an SMS in Chinese has 70 characters, and three of them are one text. */
	readonly charactersMax: number;
}

/** A gateway for short messages with an HTTP API, described by a template. */
export function sms(options: SmsOptions): Channel {
	const { name, url, method, headers = {}, to: numbers, success } = options;
	return {
		send: async ({ id, title, text }) => {
			for (const to of numbers) {
				const short = [...`${title} ${text}`].slice(0, options.charactersMax).join("");
				await post({
					name: `${name} (${to.slice(0, -4).replaceAll(/\d/g, "*")}${to.slice(-4)})`,
					url,
					...(method === undefined ? {} : { method }),
					headers: { "content-type": contentTypes[options.encode], ...headers },
					body: filled(options, { to, text: short, id: `${id}-${to.slice(-4)}` }),
					refusal: (answer) =>
						success === undefined || answer.includes(success) ? undefined : answer.slice(0, 200),
				});
			}
		},
	};
}

const contentTypes = {
	json: "application/json; charset=utf-8",
	form: "application/x-www-form-urlencoded",
};

/** A value can never leave its place: it is written as the inside of a JSON string, or percent-encoded. */
function filled({ body, encode }: SmsOptions, values: Readonly<Record<string, string>>): string {
	return body.replaceAll(/\{(to|text|id)\}/g, (_, name: string) => {
		const value = values[name] ?? "";
		return encode === "form" ? encodeURIComponent(value) : JSON.stringify(value).slice(1, -1);
	});
}
