import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { InvalidInput } from '../api/common/invalidInput';
import { isObject } from '../api/common/json';
import type { FieldKind } from '../api/schema/fields';
import { readSavedKind } from '../parameters/savedField';

/** A field in the current mapping of the node. */
export interface MappedField {
	/** What the field holds, if the mapping tells it. */
	kind?: FieldKind;
	value?: unknown;
	/** Whether the editor hides the field, so that its value is not sent. */
	removed: boolean;
}

/**
 * Reads the fields in the current mapping of the node, by name. Any part of the mapping may be missing: it may come
 * from the editor, a script or a model.
 *
 * @throws InvalidInput for a mapping that the editor could not read: n8n 2.30 and older give null for a
 *   mapping with an expression that has no data yet. The editor then keeps its list of fields.
 */
export function readMappedFields(context: ILoadOptionsFunctions): Map<string, MappedField> {
	const mapperValue: unknown = context.getCurrentNodeParameter('fields');
	if (mapperValue === null) {
		throw new InvalidInput(
			"An expression in 'Values to Send' has no data yet",
			'Execute the nodes before this node, then open this node again.',
		);
	}
	const mapped = new Map<string, MappedField>();
	if (!isObject(mapperValue)) return mapped;
	const { value, schema, matchingColumns } = mapperValue;
	const add = (id: unknown, known: Partial<MappedField>) => {
		if (typeof id === 'string') mapped.set(id, { removed: false, ...mapped.get(id), ...known });
	};
	for (const field of Array.isArray(schema) ? schema.filter(isObject) : [])
		add(field.id, { kind: readSavedKind(field), removed: field.removed === true });
	for (const [id, one] of Object.entries(isObject(value) ? value : {})) add(id, { value: one });
	for (const id of Array.isArray(matchingColumns) ? matchingColumns : []) add(id, {});
	return mapped;
}
