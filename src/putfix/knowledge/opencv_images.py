"""OpenCV: images are NumPy arrays; one that is read from a file is normally larger than 100 KB.

Up to OpenCV 4.8 every function that writes into an array that it is given did so whatever NumPy's flag said
(opencv-python issue 859, opencv issue 24522: "called on a readonly argument in OpenCV 4.8.0, they do modify it"). So
those that draw are listed among the ways around it, and calls that reach the output parameter ``dst`` are unknown.
"""

from putfix.knowledge.rows import Library, Producers, Reads, names

_CODECS = "OpenCV documentation, imgcodecs"
_PROCESSING = "OpenCV documentation, core and imgproc"
_ONE = "bitwise_not equalizeHist"
_TWO = "absdiff bitwise_and bitwise_or bitwise_xor blur cvtColor dilate erode flip medianBlur resize rotate"
_THREE = "GaussianBlur filter2D inRange morphologyEx warpAffine warpPerspective"

LIBRARY = Library(
    producers=(
        Producers(names("cv2", "imdecode imread"), "numpy.ndarray", _CODECS),
        Producers(
            names("cv2", f"{_ONE} {_TWO} {_THREE} addWeighted bilateralFilter copyMakeBorder transpose"),
            "numpy.ndarray",
            _PROCESSING,
            size="unknown",
        ),
    ),
    reads=(
        Reads(names("cv2", "imdecode imencode imread imwrite"), _CODECS),
        Reads(names("cv2", f"{_ONE} merge split transpose"), _PROCESSING, at_most=1),
        Reads(names("cv2", _TWO), _PROCESSING, at_most=2),
        Reads(names("cv2", _THREE), _PROCESSING, at_most=3),
        Reads(names("cv2", "bilateralFilter threshold"), _PROCESSING, at_most=4),
        Reads(names("cv2", "addWeighted"), _PROCESSING, at_most=5),
        Reads(names("cv2", "copyMakeBorder"), _PROCESSING, at_most=6),
        Reads(
            names("cv2", "boundingRect contourArea countNonZero getRotationMatrix2D mean minMaxLoc moments"),
            _PROCESSING,
        ),
    ),
    repeatable=names("cv2", f"{_ONE} {_TWO} {_THREE} addWeighted threshold transpose"),
    writes_through=names(
        "cv2",
        "accumulate accumulateWeighted arrowedLine circle drawContours drawKeypoints drawMarker ellipse fillConvexPoly "
        "fillPoly floodFill grabCut line polylines putText randShuffle randn randu rectangle setIdentity watershed",
    ),
)
