import type { ResourceMapperField } from 'n8n-workflow';

import type { FieldKind } from '../api/schema/fields';

/** Marks a documented field whose name is not known for sure. A notice of the node explains the mark. */
export const UNCONFIRMED_MARK = '?';

/** A field of the mapper with what it holds. The editor saves all of it with the mapping. */
export interface SavedField extends ResourceMapperField {
	/** Missing where the account does not tell it: any value is sent as it is then. */
	kind?: FieldKind;
	/** Whether the account was not asked yet, so that documented fields alone are listed. A notice shows by it. */
	isAccountUnread?: boolean;
}

/** What n8n's types hold, for fields that were not saved by the editor. Text may stand for anything. */
const TYPE_KINDS: Readonly<Record<string, FieldKind>> = {
	number: 'number',
	options: 'boolean',
	dateTime: 'date',
	array: 'array',
	object: 'object',
};

const SAVED_KINDS: readonly unknown[] = ['string', 'id', ...Object.values(TYPE_KINDS)];

/** Reads what a saved field holds; undefined where it may hold anything. Any part of it may be missing. */
export const readSavedKind = ({
	kind,
	type,
}: {
	kind?: unknown;
	type?: unknown;
}): FieldKind | undefined =>
	SAVED_KINDS.includes(kind)
		? (kind as FieldKind)
		: Object.hasOwn(TYPE_KINDS, String(type))
			? TYPE_KINDS[String(type)]
			: undefined;
