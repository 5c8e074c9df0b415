"""What the sixteen have beyond a name, a passport and contacts: as the REST service will show it (reference §7).

EXTRAS by NN of the СНИЛС. `person`: fields of the person that replace those the portal knows; `ctts`, `docs`,
`addrs`, `kids`, `vhls`: elements without `id` and `eTag`, added to the portal's own; `ctts` of a type and `docs` of
a type that the portal has too are laid over its element. `roles`: organisation → her part in it. ORGANISATIONS by oid.
Numbers are none that anybody has: series 9900, СНИЛС below 001-001-998, number plates of the letters А000АА.
"""

from typing import Any, Final

from dopusk.kernel import inn, ogrn
from dopusk.kernel.sandbox import ORGANISATIONS as KNOWN

Element = dict[str, Any]
FIRST_ORGANISATION: Final = 1_000_400_001


def _document(kind: str, number: int, issued: str, **more: Any) -> Element:
    return {
        "type": kind, "vrfStu": "VERIFIED", "series": "9900", "number": f"{number:06d}", "issueDate": issued,
        "issuedBy": "Учебное ведомство", **more,
    }  # fmt: skip


def _address(kind: str, city: str, street: str, house: str, flat: str, number: int) -> Element:
    return {
        "type": kind, "addressStr": f"Тверская обл, г {city}, ул {street}",
        "fiasCode": f"00000000-0000-0000-0000-{number:012d}", "countryId": "RUS", "zipCode": "170000",
        "region": "Тверская", "city": city, "street": street, "house": house, "flat": flat,
    }  # fmt: skip


def _kid(first: str, last: str, middle: str, born: str, gender: str, number: int) -> Element:
    certificate = _document("RF_BRTH_CERT", number, born, series="I-ТВ", actNo=f"{number}", actDate=born)
    policy = {"type": "MDCL_PLCY", "vrfStu": "VERIFIED", "number": f"00000000000{number:05d}"}
    return {
        "firstName": first, "lastName": last, "middleName": middle, "birthDate": born, "gender": gender,
        "trusted": True, "updatedOn": 1795000000, "snils": f"000-000-601 {number % 100:02d}",
        "inn": inn.with_check(f"00000006{number % 100:02d}"),
        "documents": {"stateFacts": ["hasSize"], "size": 2, "elements": [certificate, policy]},
    }  # fmt: skip


def _car(name: str, plate: str, number: int) -> Element:
    return {
        "name": name,
        "numberPlate": plate,
        "regCertificate": {"series": "9900", "number": f"{number:06d}"},
    }


EXTRAS: Final[dict[int, Element]] = {
    1: {
        "docs": [
            _document("RF_DRIVING_LICENSE", 100001, "10.06.2020", expiryDate="10.06.2030", categories="B, C")
        ],
        "addrs": [
            _address("PLV", "Тверь", "Учебная", "11", "4", 101),
            _address("PRG", "Тверь", "Учебная", "11", "4", 101),
        ],
        "vhls": [_car("Легковой автомобиль", "А001АА69", 1)],
        "roles": {1_000_400_001: {"chief": True, "admin": True}},
    },
    2: {
        "docs": [
            _document("FRGN_PASS", 1000002, "20.05.2021", expiryDate="20.05.2031", firstName="VERA",
                      lastName="SOKOLOVA")
        ],
        "addrs": [_address("PLV", "Тверь", "Речная", "2", "22", 102)],
        "kids": [
            _kid("Пётр", "Соколов", "Алексеевич", "01.09.2012", "M", 31),
            _kid("Варвара", "Соколова", "Алексеевна", "17.02.2016", "F", 32),
        ],
    },
    3: {
        "addrs": [
            _address("PLV", "Тверь", "Речная", "5", "12", 103),
            _address("PRG", "Торжок", "Садовая", "7", "1", 203),
        ],
        "kids": [_kid("Илья", "Орлов", "Денисович", "23.11.2019", "M", 33)],
        "vhls": [_car("Автомобиль", "А003АА69", 3)],
        "roles": {1_000_400_001: {"chief": False, "admin": False}},
    },
    4: {
        "docs": [
            {"type": "MDCL_PLCY", "vrfStu": "VERIFIED", "number": "0000000000000004"},
            _document("RF_BRTH_CERT", 100004, "15.09.1995", series="I-ТВ", actNo="4", actDate="15.09.1995"),
        ],
        "ctts": [
            {"type": "EML", "vrfValStu": "VERIFYING", "verifyingValue": "maria.new@example.org",
             "isCfmCodeExpired": False}
        ],
    },
    5: {
        "docs": [
            {"type": "RF_PASSPORT", "vrfStu": "NOT_VERIFIED", "fmsValid": False, "fmsState": "PASSPORT_INVALID"},
            _document("MLTR_ID", 100005, "01.07.2012", series="АА"),
        ],
        "addrs": [_address("PRG", "Тверь", "Лесная", "50", "", 105)],
    },
    6: {"roles": {1_000_400_004: {"chief": False, "admin": True, "position": "Секретарь"}}},
    7: {
        "person": {"selfEmployed": {"confirmed": True, "confirmDate": "01.03.2024"}},
        "roles": {1_000_400_006: {"chief": True, "admin": True}},
    },
    8: {
        "docs": [
            _document("RF_DRIVING_LICENSE", 100008, "12.04.2012", expiryDate="12.04.2022", categories="B")
        ],
        "vhls": [_car("Легковой автомобиль", "А008АА69", 8), _car("Прицеп", "АА000869", 18)],
    },
    9: {
        "person": {"citizenship": "KAZ", "birthPlace": "г. Алматы", "rIdDoc": "FID_DOC"},
        "docs": [
            _document("FID_DOC", 100009, "05.03.2019", series="N", expiryDate="05.03.2029", latinFirstName="RUSTAM",
                      latinLastName="ALIYEV"),
            _document("RESID_DOC", 200009, "01.02.2022", expiryDate="01.02.2027"),
        ],
        "addrs": [_address("PLV", "Тверь", "Вокзальная", "9", "9", 109)],
    },
    10: {
        "ctts": [
            {"type": "MBT", "vrfValStu": "VERIFYING", "verifyingValue": "+7(900)0000090",
             "isCfmCodeExpired": True},
            {"type": "PHN", "vrfStu": "NOT_VERIFIED", "value": "+7(482)2000010"},
        ],
    },
    11: {
        "person": {"verifying": False},
        "docs": [{"type": "RF_PASSPORT", "vrfStu": "VERIFIED", "fmsState": "AUTO_UPDATE_SUCCESS"}],
        "addrs": [_address("PRG", "Тверь", "Парковая", "11", "1", 111)],
    },
    12: {"docs": [_document("OLD_BRTH_CERT", 100012, "20.01.2008", series="I-ТВ")]},
    13: {"person": {"snils": "000-000-600 13"}},
    14: {
        "person": {"snils": "000-000-600 14", "birthDate": "29.02.2000", "gender": "F", "verifying": True},
        "docs": [
            {"type": "RF_PASSPORT", "vrfStu": "NOT_VERIFIED", "vrfValStu": "VERIFYING", "series": "9900",
             "number": "000614", "issueDate": "10.03.2020", "issueId": "690001", "issuedBy": "Учебное ведомство",
             "fmsValid": False}
        ],
    },
    15: {
        "person": {"snils": "000-000-600 15", "birthDate": "01.06.1979", "gender": "M"},
        "docs": [
            {"type": "RF_PASSPORT", "vrfStu": "NOT_VERIFIED", "vrfValStu": "VERIFICATION_FAILED", "series": "9900",
             "number": "000615", "issueDate": "02.07.2024", "issueId": "690001", "issuedBy": "Учебное ведомство",
             "fmsValid": False, "fmsState": "PASSPORT_NOT_FOUND"}
        ],
    },
}  # fmt: skip


def _organisation(oid: int, kind: str, full: str, short: str, leg: str, number: int, address: str) -> Element:
    return {
        "oid": oid, "type": kind, "shortName": short, "fullName": full, "leg": leg,
        "ogrn": ogrn.with_check(f"1000000006{number:02d}"), "inn": inn.organisation_with_check(f"0000006{number:02d}"),
        "kpp": "690101001",
        "ctts": [
            {"type": "OPH", "vrfStu": "NOT_VERIFIED", "value": f"+7(482)20000{number:02d}"},
            {"type": "OEM", "vrfStu": "NOT_VERIFIED", "value": f"office{number}@example.org"},
        ],
        "addrs": [
            {"type": "OLG", "addressStr": address, "countryId": "RUS", "zipCode": "170000", "region": "Тверская",
             "city": "Тверь"}
        ],
        "grps": [],
    }  # fmt: skip


def _sole_trader() -> Element:
    """Stepan's own business has no name but his, fifteen digits of ОГРНИП instead of ОГРН, his own ИНН."""
    made = _organisation(
        1_000_400_006, "BUSINESS", "Индивидуальный предприниматель Никитин Степан Олегович", "ИП Никитин С. О.",
        "50102", 60, "Тверская обл, г Тверь",
    )  # fmt: skip
    return {**made, "ogrn": "300000000600009", "inn": inn.with_check("0000000607"), "kpp": ""}


def _organisations() -> dict[int, Element]:
    romashka = _organisation(
        FIRST_ORGANISATION, "LEGAL", "Общество с ограниченной ответственностью «Ромашка»", "ООО «Ромашка»",
        "12300", 50, "Тверская обл, г Тверь, ул Речная, д 1",
    )  # fmt: skip
    found = [romashka]
    for place, one in enumerate(KNOWN[:4], start=1):
        made = _organisation(
            FIRST_ORGANISATION + place, "AGENCY", one.name, one.short_name, "75203", one.number, one.address
        )
        found.append({**made, "ogrn": one.ogrn, "inn": one.inn, "kpp": one.kpp})
    found.append(_sole_trader())
    found[3]["grps"] = [
        {"grp_id": "DOPUSK_REGISTRARS", "name": "Приём заявлений", "description": "Кто принимает заявления",
         "itSystem": "DOPUSK", "members": [1_000_300_606]}
    ]  # fmt: skip
    return {int(one["oid"]): one for one in found}


ORGANISATIONS: Final[dict[int, Element]] = _organisations()
