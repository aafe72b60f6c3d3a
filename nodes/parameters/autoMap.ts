import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import { isPropertyColumn } from '../api/views/columns';
import { toLooseKey } from '../api/matching/spellings';

/** The text of a name without what people write differently: case, accents, spaces, underscores, hyphens. */
const toNameKey = (name: string): string =>
	// Most names are ASCII. To normalize each known name for each item takes ten times as long.
	(/^[\x20-\x7e]*$/.test(name) ? name.toLowerCase() : toLooseKey(name)).replace(
		/[\s_\p{Pd}]/gu,
		'',
	);

/** Whether an input field is sent. Properties differ from record to record, so any property is a field. */
const isSent = (name: string, known: ReadonlySet<string>): boolean =>
	known.has(name) || name === 'properties' || isPropertyColumn(name);

/** Lists the input fields that are not sent. */
export function listUnusedFields(input: IDataObject, fieldIds: string[]): string[] {
	const known = new Set(fieldIds);
	return Object.keys(input).filter((name) => !isSent(name, known));
}

/**
 * Finds the field that an input field probably means: one that only differs by case, accents, spaces, underscores or
 * hyphens. A field that the input also has by its own name is not meant.
 */
function findIntendedField(
	name: string,
	input: IDataObject,
	idsByKey: ReadonlyMap<string, string>,
): string | undefined {
	const [first, ...rest] = name.split('.');
	const isProperty = rest.length > 0 && toNameKey(first) === 'properties';
	const property = isProperty ? ['properties', ...rest].join('.') : undefined;
	const id = idsByKey.get(toNameKey(name)) ?? property;
	return id === undefined || Object.hasOwn(input, id) ? undefined : id;
}

/**
 * Selects the input fields that have the name of a field of the record.
 *
 * @param fieldIds the fields that the editor has loaded
 * @throws InvalidInput where a name almost is the name of a field: the record would be saved without the field, and nobody would notice
 */
export function selectInputFields(input: IDataObject, fieldIds: string[]): IDataObject {
	const known = new Set(fieldIds);
	const names = Object.keys(input);
	const others = names.filter((name) => !known.has(name) && name !== 'properties');
	if (others.length) {
		const idsByKey = new Map(['properties', ...fieldIds].map((id) => [toNameKey(id), id]));
		for (const name of others) {
			const id = findIntendedField(name, input, idsByKey);
			if (id === undefined) continue;
			throw new InvalidInput(
				`The input field "${formatValue(name)}" differs from the field "${formatValue(id)}" of the record by its spelling only`,
				`Rename the input field to "${formatValue(id)}" before this node (e.g. with Edit Fields), or remove it there if it is something else.`,
			);
		}
	}
	const fields = Object.entries(input).filter(([name]) => isSent(name, known));
	if (fields.length) return Object.fromEntries(fields);
	throw new InvalidInput(
		'No input field has the same name as a field of the record',
		'Rename the input fields before this node (e.g. with Edit Fields), or map each field manually.',
	);
}
