import { getOrCreate } from '../common/maps';
import { splitLegalForm } from './legalForms';
import { toKey, toLooseKey } from './spellings';

export type RecordId = string | number;

/** The IDs of records with the same loose text, by their spellings. Undefined stands for one that cannot be used. */
type IdsByKey = Map<string, Set<RecordId | undefined>>;

const listIds = (spellings: IdsByKey): Array<RecordId | undefined> => [
	...new Set([...spellings.values()].flatMap((same) => [...same])),
];

/** Which records have a value, whatever its case, accents and spacing. Only wanted values are kept. */
export class SpellingIndex {
	private readonly idsByText = new Map<string, IdsByKey>();

	/** By the name without its legal form, then by the legal form. */
	private readonly idsByName = new Map<string, Map<string, IdsByKey>>();

	/** The IDs found for values: many items may have one value that many records have. */
	private readonly foundIds = new Map<string, Array<RecordId | undefined>>();

	/** @param ignoreLegalForm whether a name matches with and without its legal form, where no record has it as it is */
	constructor(
		wanted: unknown[],
		private readonly ignoreLegalForm = false,
	) {
		for (const value of wanted) {
			const text = toLooseText(value);
			this.idsByText.set(text, new Map());
			if (ignoreLegalForm) this.idsByName.set(splitLegalForm(text).name, new Map());
		}
	}

	/** Whether the value is one of those wanted. */
	isWanted(value: unknown): boolean {
		return this.idsByText.has(toLooseText(value));
	}

	/** Adds the record with a value. Only a wanted one needs its ID. */
	add(value: unknown, readId: () => RecordId | undefined): void {
		const text = toLooseText(value);
		const { name, form } = this.ignoreLegalForm ? splitLegalForm(text) : { name: '', form: '' };
		const byForm = this.idsByName.get(name);
		const wanted = [
			this.idsByText.get(text),
			byForm && getOrCreate(byForm, form, () => new Map()),
		].filter((spellings) => spellings !== undefined);
		if (!wanted.length) return;
		this.foundIds.clear();
		const id = readId();
		for (const spellings of wanted)
			getOrCreate(spellings, toKey(value, 'string'), () => new Set()).add(id);
	}

	/** The IDs of the records with the value as it is given; without any, of those with another spelling. */
	findIds(value: unknown): Array<RecordId | undefined> {
		const key = toKey(value, 'string');
		return getOrCreate(this.foundIds, key, () => {
			const spellings = this.findSpellings(value);
			return [...(spellings.get(key) ?? listIds(spellings))];
		});
	}

	/** Whether a record has the value as it is given. */
	hasExact(value: unknown): boolean {
		return this.findSpellings(value).has(toKey(value, 'string'));
	}

	/**
	 * The IDs of the records of a value, by their spellings: those with its text; else those with its name and legal
	 * form, written in another way; else those that differ by having or lacking a legal form.
	 */
	private findSpellings(value: unknown): IdsByKey {
		const text = toLooseText(value);
		const same = this.idsByText.get(text);
		if (same?.size) return same;
		const { name, form } = splitLegalForm(text);
		const byForm = this.idsByName.get(name) ?? new Map<string, IdsByKey>();
		if (form) return byForm.get(form) ?? byForm.get('') ?? new Map();
		return new Map([...byForm.values()].flatMap((spellings) => [...spellings]));
	}
}

/** A value without its case, accents and spacing. */
export const toLooseText = (value: unknown): string => toLooseKey(toKey(value, 'string'));
