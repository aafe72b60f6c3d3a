import { inspect } from 'node:util';

/** Shortest part of a key that counts as a leak. */
const PART = 12;

/** Everything in a value as text: messages, stacks, causes, hidden fields. */
const inspectFully = (value: unknown): string =>
	inspect(value, {
		depth: Infinity,
		maxArrayLength: Infinity,
		maxStringLength: Infinity,
		showHidden: true,
		breakLength: Infinity,
	});

/** A part of the key that can be read in the values, if there is one. */
export function leaked(key: string, ...values: unknown[]): string | undefined {
	const text = values.map(inspectFully).join('\n');
	for (let start = 0; start + PART <= key.length; start++) {
		const part = key.slice(start, start + PART);
		if (text.includes(part)) return part;
	}
	return undefined;
}
