"""What is wrong with a photo, a face, or consent to it."""

from service.wording.problems.kinds import ProblemKind

FACES: dict[str, ProblemKind] = {
    "consent_required": ProblemKind(
        422,
        "需要先同意最新版人脸信息处理告知",
        "You must consent to the current text first",
        "请阅读最新文本并单独同意；也可以选择不使用人脸的方式。",
        "Read the current text and consent to it, or choose the way without face recognition.",
    ),
    "consent_missing": ProblemKind(
        422,
        "没有本人的两项同意记录",
        "The person's two consents are not on record",
        "请本人先在手机上对最新文本作出两项同意（人脸识别、网络传输），再重新提交其照片。",
        "Ask the person to give both consents to the current text on their phone, then send their photos again.",
    ),
    "own_face": ProblemKind(
        403,
        "不能为本人办理",
        "This is your own face",
        "请在手机上自行建档，或请另一位管理员办理。",
        "Enrol yourself on your phone, or ask another admin.",
    ),
    "face_not_offered": ProblemKind(
        409,
        "本单位尚未启用人脸识别",
        "Face recognition is not enabled here",
        "请使用不需要人脸的签到方式，或联系管理员。",
        "Use the check-in without face recognition, or ask an admin.",
    ),
    "assessment_invalid": ProblemKind(
        422,
        "影响评估的日期不正确",
        "The days of the impact assessment are not valid",
        "评估日期不得晚于今天；有效期截止日不得早于评估日和今天，且自评估日起不超过三年。",
        "The assessment must not be in the future. Its last day must not be before its first day or before today, "
        "and not more than three years after its first day.",
    ),
    "consent_version_taken": ProblemKind(
        409,
        "该版本的同意书已发布",
        "A consent text of this version is published already",
        "已发布的文本不能修改；请使用新的版本号。",
        "Published texts never change. Use a new version.",
    ),
    "guardian_consent_required": ProblemKind(
        403,
        "未满十四周岁须由监护人同意",
        "A guardian must consent for those under fourteen",
        "请联系所在单位管理员。",
        "Ask the admin of your unit.",
    ),
    "face_not_enrolled": ProblemKind(
        409,
        "尚未完成人脸建档",
        "No face is enrolled yet",
        "请先在“人脸建档”中完成建档；不愿或不能使用人脸的，请现场工作人员核对身份后人工签到，效力相同。",
        "Enrol your face first. If you can't or don't want to, the staff can check you in by hand: it counts the same.",
    ),
    "face_unreadable": ProblemKind(
        409,
        "您存档的人脸数据已损坏，无法读取",
        "Your stored face is damaged and can't be read",
        "本次请现场工作人员为您人工签到；之后请撤回人脸同意并重新建档（须经管理员核实），或请单位管理员重置。",
        "Ask the staff at the venue to check you in by hand. Later withdraw your consent and enrol again (an admin "
        "must accept the new face), or ask an admin of your unit for a reset.",
    ),
    "face_already_enrolled": ProblemKind(
        409,
        "人脸已建档，不能自行修改",
        "A face is already enrolled",
        "如需重新建档，请联系单位管理员重置；撤回同意后也可重新建档，但须经管理员核实。",
        "Ask an admin of your unit for a reset. After you withdraw consent, an admin must look at your next face.",
    ),
    "face_belongs_to_another_account": ProblemKind(
        409,
        "该人脸已在另一账号建档",
        "This face is enrolled on another account",
        "已转管理员核实；请联系所在单位管理员。",
        "An admin will check it. Please contact the admin of your unit.",
    ),
    "reset_outdated": ProblemKind(
        409,
        "申请之后，此人的人脸档案已有变化",
        "The person's face has changed since the reset was asked for",
        "请拒绝此申请；如仍需重置，请重新申请。",
        "Refuse this request. Ask for a new reset if it is still needed.",
    ),
    "reset_asked_already": ProblemKind(
        409,
        "此人已有待批准的重置申请",
        "A reset of this person's face waits for approval already",
        "已有一份申请待处理，请由另一位管理员批准或拒绝。",
        "A request is open: another admin must approve or refuse it.",
    ),
    "enrolment_held": ProblemKind(
        409,
        "人脸建档已暂停，等待管理员处理",
        "Enrolment is held until an admin has decided",
        "一天内多次提交了不像同一个人的照片。请联系所在单位管理员；登录和不使用人脸的签到方式不受影响。",
        "You sent photos of two people several times in one day. Ask the admin of your unit. You can still sign in,"
        " and check in without a face.",
    ),
    "enrolment_interrupted": ProblemKind(
        409,
        "建档期间同意已撤回或密码已重置",
        "Consent was withdrawn, or the password reset, meanwhile",
        "没有保存任何人脸信息。如需建档，请重新同意并提交照片。",
        "Nothing of the face was kept. To enrol, consent again and send the photos again.",
    ),
    "no_open_question": ProblemKind(
        409,
        "没有待确认的人脸档案",
        "There is no open question about a face",
        "可能已经确认过；请刷新后查看。如该人脸并非您本人，请撤回同意并联系所在单位管理员。",
        "It may be answered already: reload. If the face is not yours, withdraw consent and ask your unit's admin.",
    ),
    "photo_too_large": ProblemKind(
        413,
        "照片文件过大",
        "The photo file is too large",
        "请使用较小的照片（不超过 12 MB；动态照片中的视频不计入）。",
        "Send a smaller photo, 12 MB at most. The video of a motion photo doesn't count.",
    ),
    "photo_too_many_pixels": ProblemKind(
        413, "照片像素过多", "The photo has too many pixels", "请降低分辨率后重试。", "Send it at a lower resolution."
    ),
    "photo_unsupported": ProblemKind(
        415,
        "不支持的照片格式",
        "The photo format is not supported",
        "请使用 JPEG、PNG、WebP 或 HEIC 照片。",
        "Send a JPEG, PNG, WebP or HEIC photo.",
    ),
    "photo_broken": ProblemKind(
        422,
        "照片已损坏或不完整",
        "The photo is damaged or incomplete",
        "请重新拍摄或重新上传。",
        "Take the photo again or upload it again.",
    ),
    "photo_animated": ProblemKind(
        422, "不接受动态图片", "Animated pictures are not accepted", "请使用静态照片。", "Send a still photo."
    ),
    "no_face": ProblemKind(
        422,
        "没有检测到人脸",
        "No face was found",
        "请先摘下口罩、墨镜，不要用手或围巾遮挡；再正对镜头，光线充足，靠近一些。",
        "Take off your mask or sunglasses, and keep hands and scarfs away. Then face the camera in good light, and "
        "come closer.",
    ),
    "face_covered": ProblemKind(
        422,
        "面部有遮挡",
        "The face is covered",
        "请摘下口罩、围巾或墨镜，手不要挡住脸，再拍一次。",
        "Take off the mask, the scarf or the sunglasses, keep your hand away from your face, and take the photo again.",
    ),
    "multiple_faces": ProblemKind(
        422,
        "照片中有多张人脸",
        "There are several faces in the photo",
        "请确保只有您一人在镜头前。",
        "Make sure that only you are in front of the camera.",
    ),
    "low_quality": ProblemKind(
        422,
        "照片质量不足",
        "The photo is not good enough",
        "请按提示调整光线、距离和角度后重拍。",
        "Change the light, the distance or the angle as advised, and take the photo again.",
    ),
    "not_one_person": ProblemKind(
        422,
        "几张照片不像同一个人",
        "The photos don't seem to show the same person",
        "请重新拍摄本人照片。",
        "Take new photos of yourself.",
    ),
    "too_few_photos": ProblemKind(
        422,
        "不同的照片太少",
        "There are too few different photos",
        "请拍摄几张略有不同的照片（同一张照片只算一张），如正面、稍向左、稍向右。",
        "Take different photos: straight, a little left, a little right. The same picture again counts once.",
    ),
    "photo_used_before": ProblemKind(
        422,
        "这张照片已经用过",
        "This photo was used before",
        "请当场重新拍摄一张，不要使用建档时或以前签到用过的照片。",
        "Take a new photo now. A picture that you enrolled or checked in with before can't be used again.",
    ),
    "face_queue_full": ProblemKind(
        503,
        "人脸识别排队已满",
        "The face queue is full",
        "请几秒钟后重试，签到资格仍然有效。",
        "Try again in a few seconds. Your ticket is still valid.",
    ),
    "face_model_unknown": ProblemKind(
        409,
        "建档所用的识别模型已停用",
        "The face was enrolled with a model that is no longer in use",
        "请重新建档，或请工作人员协助签到。",
        "Enrol your face again, or ask the staff to check you in.",
    ),
    "face_engine_down": ProblemKind(
        503,
        "人脸识别暂不可用",
        "Face recognition is not available now",
        "请稍后重试，或请工作人员协助。",
        "Try again shortly, or ask the staff.",
    ),
    "already_decided": ProblemKind(
        409, "已经处理过", "This is already decided", "请刷新后查看结果。", "Reload to see the result."
    ),
    "second_admin_needed": ProblemKind(
        409,
        "须由另一位管理员批准",
        "Another admin must approve",
        "申请人不能批准自己的申请，请由另一位管理员处理。",
        "Ask another admin: you can't approve your own request.",
    ),
    "too_few_faces": ProblemKind(
        409,
        "已建档的人脸太少",
        "Too few faces are enrolled",
        "至少需要 20 位不同人员建档后才能校准；也可由运维用照片文件夹校准。",
        "Wait until 20 different people have enrolled. Whoever runs the service can also use a folder of photos.",
    ),
    "number_taken": ProblemKind(
        409,
        "继教编号或手机号已被登记",
        "The number or the phone is already registered",
        "请核对；如确属本人，请联系管理员合并。",
        "Check both. If they belong to the same person, ask an admin to merge the records.",
    ),
}
