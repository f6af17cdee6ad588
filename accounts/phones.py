"""Phone numbers in one form."""

import phonenumbers

from accounts.errors import PhoneInvalid


def normal_phone(text: str) -> str:
    """Return the mobile number in E.164 form; numbers without a country code are Chinese.

    Raises PhoneInvalid if no mobile phone can have that number.
    """
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(field="phone") from None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_possible_number(number) or phonenumbers.number_type(number) not in mobile:
        raise PhoneInvalid(field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
