import type { INodeProperties } from 'n8n-workflow';

/**
 * Builds the text under a node on the canvas from the names of chosen options, e.g. `Get Many: Invoice`.
 *
 * @param names the parameters whose options are named
 * @param texts by parameter and option, the parameter whose text is shown instead, e.g. `{ view: { custom: 'viewName' } }`
 */
export function buildSubtitle(
	parameters: readonly INodeProperties[],
	names: readonly string[],
	texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): string {
	const words = names.map((name) => {
		const replaced = texts[name] ?? {};
		const labels = parameters
			.filter((parameter) => parameter.name === name)
			.flatMap((parameter) => parameter.options ?? [])
			.flatMap((option) => ('value' in option ? [[String(option.value), option.name]] : []))
			.filter(([value]) => !Object.hasOwn(replaced, value));
		const value = `$parameter["${name}"]`;
		const text = `$parameter[${JSON.stringify(replaced)}[${value}] ?? "${name}"]`;
		return `(${JSON.stringify(Object.fromEntries(labels))}[${value}] ?? ${text})`;
	});
	return `={{ ${words.join(' + ": " + ')} }}`;
}
