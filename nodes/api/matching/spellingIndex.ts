import { getOrCreate } from '../common/maps';
import { splitLegalForm } from './legalForms';
import type { RowId } from '../views/row';
import { toSpelling } from './spellings';

/** The IDs of records with the same loose key, by their spellings. Undefined stands for one that cannot be used. */
type IdsByKey = Map<string, Set<RowId | undefined>>;

const listIds = (spellings: IdsByKey): Array<RowId | undefined> => [
	...new Set([...spellings.values()].flatMap((same) => [...same])),
];

/** Which records have a value, whatever its case, accents and spacing. Only wanted values are kept. */
export class SpellingIndex {
	private readonly idsByLooseKey = new Map<string, IdsByKey>();

	/** By the name without its legal form, then by the legal form. */
	private readonly idsByName = new Map<string, Map<string, IdsByKey>>();

	/** The IDs found for values: many items may have one value that many records have. */
	private readonly foundIds = new Map<string, Array<RowId | undefined>>();

	/** @param ignoreLegalForm whether a name matches with and without its legal form, where no record has it as it is */
	constructor(
		wanted: unknown[],
		private readonly ignoreLegalForm = false,
	) {
		for (const value of wanted) {
			const { looseKey } = toSpelling(value, 'string');
			this.idsByLooseKey.set(looseKey, new Map());
			if (ignoreLegalForm) this.idsByName.set(splitLegalForm(looseKey).name, new Map());
		}
	}

	/** Whether the value is one of those wanted. */
	isWanted(value: unknown): boolean {
		return this.idsByLooseKey.has(toSpelling(value, 'string').looseKey);
	}

	/** Adds the record with a value. Only a wanted one needs its ID. */
	add(value: unknown, readId: () => RowId | undefined): void {
		const { key, looseKey } = toSpelling(value, 'string');
		const { name, form } = this.ignoreLegalForm ? splitLegalForm(looseKey) : { name: '', form: '' };
		const byForm = this.idsByName.get(name);
		const wanted = [
			this.idsByLooseKey.get(looseKey),
			byForm && getOrCreate(byForm, form, () => new Map()),
		].filter((spellings) => spellings !== undefined);
		if (!wanted.length) return;
		this.foundIds.clear();
		const id = readId();
		for (const spellings of wanted) getOrCreate(spellings, key, () => new Set()).add(id);
	}

	/** The IDs of the records with the value as it is given; without any, of those with another spelling. */
	findIds(value: unknown): Array<RowId | undefined> {
		const { key, looseKey } = toSpelling(value, 'string');
		return getOrCreate(this.foundIds, key, () => {
			const spellings = this.findSpellings(looseKey);
			return [...(spellings.get(key) ?? listIds(spellings))];
		});
	}

	/** Whether a record has the value as it is given. */
	hasExact(value: unknown): boolean {
		const { key, looseKey } = toSpelling(value, 'string');
		return this.findSpellings(looseKey).has(key);
	}

	/**
	 * The IDs of the records of a value, by their spellings: those with its loose key; else those with its name and
	 * legal form, written in another way; else those that differ by having or lacking a legal form.
	 */
	private findSpellings(looseKey: string): IdsByKey {
		const same = this.idsByLooseKey.get(looseKey);
		if (same?.size) return same;
		const { name, form } = splitLegalForm(looseKey);
		const byForm = this.idsByName.get(name) ?? new Map<string, IdsByKey>();
		if (form) return byForm.get(form) ?? byForm.get('') ?? new Map();
		return new Map([...byForm.values()].flatMap((spellings) => [...spellings]));
	}
}
