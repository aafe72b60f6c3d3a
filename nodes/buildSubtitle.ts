import type { INodeProperties } from 'n8n-workflow';

/**
 * Builds the text under a node on the canvas from the names of chosen options, e.g. `Get Many: Invoice`.
 *
 * @param names the parameters whose options are named
 * @param fallbacks for values that no option has, the parameter with the text to show
 */
export function buildSubtitle(
	parameters: readonly INodeProperties[],
	names: readonly string[],
	fallbacks: Readonly<Record<string, string>> = {},
): string {
	const words = names.map((name) => {
		const options = parameters
			.filter((parameter) => parameter.name === name)
			.flatMap((parameter) => parameter.options ?? []);
		const labels = Object.fromEntries(
			options.map((option) => ['value' in option ? option.value : undefined, option.name]),
		);
		const fallback = fallbacks[name] ?? name;
		return `(${JSON.stringify(labels)}[$parameter["${name}"]] ?? $parameter["${fallback}"])`;
	});
	return `={{ ${words.join(' + ": " + ')} }}`;
}
