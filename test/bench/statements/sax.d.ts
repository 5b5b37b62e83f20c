/** The part of `sax` that the benchmark uses; the package comes without types. */
declare module "sax" {
	interface Parser {
		onopentag: (tag: { readonly name: string }) => void;
		write(text: string): Parser;
		close(): Parser;
	}
	const sax: { readonly parser: (strict: boolean) => Parser };
	export default sax;
}
